"""One file an edit: how it is said in two languages, what it does to a draft, and its opposite."""
