"""The online report: a journey of one question a page, sealed before it is kept. Public side only."""
