// Several class names in one: shared ones of tokens.css by their word, a page's own from its module.

/** What is not so (`open && css.open`) is left out. */
export const classes = (...names: (string | false | null | undefined)[]) => names.filter(Boolean).join(' ');
