/** Characters of an expression. It also bounds the nodes of its tree: there are no more than characters. */
export const MAX_EXPRESSION_LENGTH = 1_000;
/** Parentheses and calls inside one another. */
export const MAX_EXPRESSION_DEPTH = 50;
/** Numbers and names in an expression. */
export const MAX_OPERANDS = 250;
/** Variables that one evaluation is given. */
export const MAX_VARIABLES = 50;
/** Characters of a variable's name. */
export const MAX_NAME_LENGTH = 32;
