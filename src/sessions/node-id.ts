import { randomBytes } from 'node:crypto';

/** The random id of a process: 16 hexadecimal digits. */
export function newNodeId(): string {
  return randomBytes(8).toString('hex');
}
