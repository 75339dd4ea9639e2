# Runs GaussSuppression's small-count suppression on one table: JSON of tau_argus.py in, hidden cells out.
#   Rscript gauss_suppression.R < table.json > hidden.json
# Needs only base R beside GaussSuppression: the JSON is flat enough to be read with regular expressions.
suppressPackageStartupMessages(library(GaussSuppression))
text <- paste(readLines(file("stdin"), warn = FALSE), collapse = "")
part <- function(key) sub(paste0('.*"', key, '": \\{(.*?)\\}.*'), "\\1", text, perl = TRUE)
tree <- function(key, total) {
  entries <- regmatches(part(key), gregexpr('"[^"]+": \\[[^]]*\\]', part(key)))[[1]]
  leaf <- sub('^"([^"]+)".*', "\\1", entries)
  groups <- lapply(entries, function(e) gsub('"', "", regmatches(sub("^[^:]+:", "", e), gregexpr('"[^"]+"', sub("^[^:]+:", "", e)))[[1]]))
  levels <- "@"; codes <- total; open <- character(0)
  for (i in seq_along(leaf)) {
    for (d in seq_along(groups[[i]])) if (length(open) < d || open[d] != groups[[i]][d]) {
      levels <- c(levels, strrep("@", d + 1)); codes <- c(codes, groups[[i]][d]); open <- groups[[i]][seq_len(d)]
    }
    levels <- c(levels, strrep("@", length(groups[[i]]) + 2)); codes <- c(codes, leaf[i])
  }
  data.frame(levels = levels, codes = codes)
}
rows <- tree("rows", "Total"); columns <- tree("columns", "Total")
cells <- regmatches(text, gregexpr('\\["r[0-9]+", "c[0-9]+", [0-9]+\\]', text))[[1]]
counts <- data.frame(
  row = sub('.*"(r[0-9]+)".*', "\\1", cells), col = sub('.*"(c[0-9]+)".*', "\\1", cells),
  freq = as.integer(sub(".*, ([0-9]+)\\]", "\\1", cells))
)
started <- proc.time()
given <- list(
  data = counts, freqVar = "freq", maxN = 4, protectZeros = FALSE, extend0 = TRUE,
  hierarchies = list(row = rows, col = columns), printInc = FALSE
)
# its rule for counts of 1, which is on unless it is turned off
if (grepl('"singletons": false', text)) given$singletonMethod <- "none"
found <- suppressMessages(do.call(SuppressSmallCounts, given))
used <- proc.time() - started
hidden <- found[found$suppressed, ]
cat(sprintf('{"hidden": [%s], "seconds": %.3f, "version": "%s"}\n',
  paste(sprintf('["%s", "%s"]', hidden$row, hidden$col), collapse = ", "),
  used[["user.self"]] + used[["sys.self"]], packageVersion("GaussSuppression")))
