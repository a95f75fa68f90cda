/** What the cases of the contract use, for the tests of what each storage has beside it. */
export { INITIALIZE, session, STORAGE_DEFAULTS as DEFAULTS, until } from '../../src/testing/contract/subject.js';
export type { OpenOptions, Subject } from '../../src/testing/contract/subject.js';
