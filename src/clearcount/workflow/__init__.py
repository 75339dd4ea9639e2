"""The use cases, one short function each: the only room that joins the others. It prints nothing."""
