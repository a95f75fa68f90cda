/** A failure that the model should read and may act on: becomes a tool result with `isError`, in these words. */
export class ToolError extends Error {
  readonly code = 'TOOL_ERROR';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ToolError';
  }
}

/** Arguments that pass the schema and are still wrong: becomes a tool result with `isError` too, as arguments that fail the schema do (SEP-1303). */
export class InvalidArgumentsError extends Error {
  readonly code = 'INVALID_ARGUMENTS';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvalidArgumentsError';
  }
}

/** Whether a handler threw a {@link ToolError}: told by its code, because a module may bring a copy of this package. */
export function isToolError(error: unknown): error is ToolError {
  return error instanceof Error && 'code' in error && error.code === 'TOOL_ERROR';
}

/** Whether a handler threw an {@link InvalidArgumentsError}, of whichever copy. */
export function isInvalidArgumentsError(error: unknown): error is InvalidArgumentsError {
  return error instanceof Error && 'code' in error && error.code === 'INVALID_ARGUMENTS';
}
