"""The one place that speaks to HiGHS: linear and integer programmes, and statuses that are never taken for granted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import highspy
import numpy as np
from numpy.typing import NDArray

from clearcount.errors import DisclosureError

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
INFINITY = float(highspy.kHighsInf)

_SETTLED = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kIterationLimit: "limit",
    highspy.HighsModelStatus.kSolutionLimit: "limit",
    highspy.HighsModelStatus.kInterrupt: "limit",
}
_A_SOLVE, _A_NODE, _A_LOOK = 20, 50, 5
_MOST = (1 << 31) - 1
PER_SECOND = 15_000
"""Units of work in a second of an ordinary processor: a simplex step is one unit, starting a solve 20."""
AUDIT_WORK = 300 * PER_SECOND


class WorkLimit(DisclosureError):
    """The work that a run may take is spent; what was to be proven is not."""


class Work:
    """How much solver work may still be done. It is counted and not timed, so that it ends alike on every machine."""

    def __init__(self, limit: float = AUDIT_WORK, *, within: Work | None = None, soft: bool = False) -> None:
        self._limit = self._left = limit
        self._within = within
        self._soft = soft

    @property
    def left(self) -> float:
        """How many units may still be done, here and in the work that this one is a part of.

        A soft one is charged for its parts and is no limit to them: an attack that has begun is not broken off.
        """
        found, outer = self._left, self._within
        while outer:
            found, outer = found if outer._soft else min(found, outer._left), outer._within
        return found

    @property
    def spent(self) -> int:
        """How many units were done."""
        return int(self._limit - self._left)

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0

    def spend(self, units: int) -> None:
        """Take off what a solve needed, here and from the work that this one is a part of."""
        self._left -= units
        if self._within:
            self._within.spend(units)


@dataclass(frozen=True)
class Matrix:
    """A sparse matrix by rows: row i holds `values[k]` in column `columns[k]` for k in starts[i]:starts[i + 1]."""

    starts: Ints
    columns: Ints
    values: Floats

    @classmethod
    def of(cls, rows: list[tuple[Ints, Floats]]) -> Matrix:
        """Return the matrix with the given rows (columns, values)."""
        lengths = [len(columns) for columns, _ in rows]
        return cls(
            np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64),
            np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, np.int64),
            np.concatenate([values for _, values in rows]) if rows else np.zeros(0),
        )

    def times(self, x: Ints) -> Ints:
        """Return the product with whole numbers, in exact arithmetic (the matrix holds whole numbers)."""
        padded = np.concatenate([self.values.astype(np.int64) * x[self.columns], np.zeros(1, np.int64)])
        sums = np.add.reduceat(padded, self.starts[:-1]) if len(self.starts) > 1 else np.zeros(0, np.int64)
        sums[self.starts[:-1] == self.starts[1:]] = 0
        return sums


@dataclass(frozen=True)
class SolverOutcome:
    """How a solve ended. `bound` is what no solution can better; `reduced` are reduced costs (linear programmes)."""

    status: Literal["optimal", "infeasible", "unbounded", "limit"]
    value: float
    bound: float
    x: Floats
    reduced: Floats


class Programme:
    """A linear or integer programme that is solved again and again with other objectives or bounds."""

    def __init__(
        self,
        lower: Floats,
        upper: Floats,
        rows: Matrix,
        low: Floats,
        high: Floats,
        *,
        integer: bool = False,
        work: Work | None = None,
    ) -> None:
        self._work = work or Work()
        self._size = len(lower)
        self._costed = np.zeros(0, np.int32)
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 1e-6,
        }.items():
            self._highs.setOptionValue(option, value)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._size, len(low)
        model.col_cost_ = np.zeros(self._size)
        model.col_lower_, model.col_upper_ = lower, upper
        model.row_lower_, model.row_upper_ = low, high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = rows.starts.astype(np.int32)
        model.a_matrix_.index_ = rows.columns.astype(np.int32)
        model.a_matrix_.value_ = rows.values
        if integer:
            model.integrality_ = [highspy.HighsVarType.kInteger] * self._size
        self._integer = integer
        self._steps = self._most_steps = 0
        if integer:
            self._highs.cbMipInterrupt.subscribe(self._watch)
        if self._highs.passModel(model) == highspy.HighsStatus.kError:
            raise DisclosureError("the solver refuses the system of equations; the tables cannot be checked")

    def _watch(self, event: Any) -> None:
        """Ends an integer solve that looked up too often: the limit of nodes alone leaves one node without an end."""
        self._steps += _A_LOOK
        if self._steps > self._most_steps:
            event.interrupt()

    def bound_columns(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """Change the bounds of some columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def bound_row(self, row: int, low: float, high: float) -> None:
        """Change the bounds of one row."""
        self._highs.changeRowBounds(row, low, high)

    def add_row(self, columns: Ints, values: Floats, low: float, high: float) -> None:
        """Add one row."""
        self._highs.addRow(low, high, len(columns), columns.astype(np.int32), values)

    def suggest(self, x: Floats) -> None:
        """Offer a known solution to an integer programme."""
        solution = highspy.HighsSolution()
        solution.col_value = list(x)
        self._highs.setSolution(solution)

    def optimise(self, columns: Ints, costs: Floats, *, maximise: bool = False, partial: bool = False) -> SolverOutcome:
        """Return the optimum of the objective with `costs` in `columns` and 0 elsewhere.

        With `partial`, a solve that reaches the limit of work returns what it has, with the status "limit".

        Raises:
            WorkLimit: the limit of work is reached, and `partial` is not set.
            DisclosureError: HiGHS settles for no answer twice, once from its last basis and once from nothing. An
                unsettled programme proves nothing, so nothing is called safe.
        """
        self._highs.changeColsCost(len(self._costed), self._costed, np.zeros(len(self._costed)))
        self._costed = columns.astype(np.int32)
        self._highs.changeColsCost(len(columns), self._costed, costs.astype(np.float64))
        sense = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
        self._highs.changeObjectiveSense(sense)
        # without presolve, each linear solve starts from the basis of the last
        for presolve in ("off", "on"):
            self._highs.setOptionValue("presolve", presolve)
            left = int(min(max(self._work.left, 1), _MOST))
            if self._integer:
                self._steps, self._most_steps = 0, left
                self._highs.setOptionValue("mip_max_nodes", max(1, left // _A_NODE))
            else:
                self._highs.setOptionValue("simplex_iteration_limit", left)
            self._highs.run()
            info = self._highs.getInfo()
            steps = max(self._steps, info.simplex_iteration_count) + info.ipm_iteration_count
            self._work.spend(_A_SOLVE + max(0, steps) + _A_NODE * max(0, info.mip_node_count))
            status = _SETTLED.get(self._highs.getModelStatus())
            if status == "limit" and not partial:
                break
            if status is not None:
                return self._outcome(status)
            self._highs.clearSolver()
        if status == "limit" or self._work.over:
            raise WorkLimit(
                "the solver reached its limit of work before it had an answer, so nothing is taken for safe. "
                "Make the tables coarser (longer periods, fewer rows) or ask for fewer tables at a time"
            )
        raise DisclosureError(
            f"the solver ended without an answer ({self._highs.getModelStatus()}); nothing is taken for safe. "
            "Try again with fewer or coarser tables"
        )

    def _outcome(self, status: str) -> SolverOutcome:
        solution, info = self._highs.getSolution(), self._highs.getInfo()
        return SolverOutcome(
            status,  # type: ignore[arg-type]
            info.objective_function_value,
            info.mip_dual_bound if self._integer else info.objective_function_value,
            np.array(solution.col_value),
            np.array(solution.col_dual),
        )
