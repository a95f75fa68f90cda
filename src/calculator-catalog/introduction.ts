import { fullInstructions } from './instructions.js';

/**
 * What the calculator says of itself in `initialize`, without its tools being loaded: a process that has just started can
 * greet its client while it loads the rest. A test holds it against what the whole catalog says.
 */
export const introduction = {
  title: 'Calculator',
  instructions: fullInstructions,
  capabilities: { logging: {}, tools: {}, resources: { subscribe: true }, prompts: {}, completions: {} },
} as const;
