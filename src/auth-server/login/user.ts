/** A person as the login knows one: nothing but a name, which anyone may take. */
export interface User {
  readonly name: string;
  /** The same for every spelling of the name, so that a person comes back as the same subject. */
  readonly subject: string;
}

/** Characters of a name. */
export const USER_NAME_LENGTH = 64;

/** What a name looks like, as the source of a regular expression with the flag `u`. */
export const USER_NAME_PATTERN = "^[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N} .'’_@+-]*$";
const userName = new RegExp(USER_NAME_PATTERN, 'u');

/** Who can be picked without making anyone up. */
export const KNOWN_USERS: readonly string[] = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing'];

/** The user of this name; undefined for what is not a name. */
export function userOf(typed: string): User | undefined {
  const name = typed.normalize('NFKC').trim().replace(/\s+/g, ' ');
  if (name.length > USER_NAME_LENGTH || !userName.test(name)) return undefined;
  return { name, subject: name.toLowerCase().replaceAll(' ', '-') };
}
