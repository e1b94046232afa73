"""One file per page family; each turns public values into a :class:`answerable.web.render.Page`."""
