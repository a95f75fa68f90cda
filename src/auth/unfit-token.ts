import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { quote } from '../text/harmless.js';

/** Characters of a claim that the log repeats. */
const CLAIM_CHARACTERS = 200;

/** A token that was made for something else. What it says is for the log alone: who sent it may not know whose it is. */
export class UnfitTokenError extends InvalidTokenError {
  /** The claim as it came, made harmless. */
  readonly came: string;
  constructor(message: string, claim: string, value: unknown) {
    super(message);
    this.came = `${claim} ${quote(JSON.stringify(value) ?? 'missing', CLAIM_CHARACTERS)}`;
  }
}
