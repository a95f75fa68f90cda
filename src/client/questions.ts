import { isObject } from '../rpc/messages.js';

/** Questions of a server that wait for an answer at the same time: those beyond are refused. */
export const QUESTIONS_AT_ONCE = 100;

/** Whether an answer of the modern era asks more at once than a client lets itself be asked (2026-07-28, basic/patterns/mrtr). */
export function asksTooMuch(message: unknown): boolean {
  const { result } = message as { result?: unknown };
  return (
    isObject(result) && isObject(result.inputRequests) && Object.keys(result.inputRequests).length > QUESTIONS_AT_ONCE
  );
}
