/** What a sealed state can't be opened for: it is told to nobody which of them it was. */
export class UnsealableStateError extends Error {
  readonly code = 'UNSEALABLE_STATE';
  constructor(options?: ErrorOptions) {
    super('The state can not be opened', options);
    this.name = 'UnsealableStateError';
  }
}

/** Secrets that a state may have been sealed with. */
export const STATE_KEYS = 8;
/** Bytes before the sealed text: the nonce that AES-GCM needs anew for every sealing (NIST SP 800-38D, 8.2.2). */
const NONCE_BYTES = 12;

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const AES = 'AES-GCM';
const encoder = new TextEncoder();

/**
 * Seals text, so that who carries it can neither read nor change it: AES-256-GCM by WebCrypto, which runs at the edge too. What is
 * sealed is bound to a second text, without which it does not open.
 */
export class Seal {
  private keys: Promise<readonly Key[]> | undefined;

  /** The first secret seals, all of them open: so a secret can be changed while states are under way. They are had at the first need. */
  constructor(private readonly secrets: () => Promise<readonly string[]>) {}

  /** Base64url. */
  async seal(text: string, bound: string): Promise<string> {
    const [key] = await this.loaded();
    if (!key) throw new TypeError('There is no key to seal a state with');
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const additionalData = encoder.encode(bound);
    const sealed = new Uint8Array(
      await crypto.subtle.encrypt({ name: AES, iv, additionalData }, key, encoder.encode(text)),
    );
    const whole = new Uint8Array(NONCE_BYTES + sealed.length);
    whole.set(iv);
    whole.set(sealed, NONCE_BYTES);
    return toBase64Url(whole);
  }

  /** Rejects with {@link UnsealableStateError} where it was changed, is bound to something else, or was sealed elsewhere. */
  async open(state: string, bound: string): Promise<string> {
    const bytes = fromBase64Url(state);
    const iv = bytes.subarray(0, NONCE_BYTES);
    const additionalData = encoder.encode(bound);
    for (const key of await this.loaded()) {
      try {
        const opened = await crypto.subtle.decrypt({ name: AES, iv, additionalData }, key, bytes.subarray(NONCE_BYTES));
        return new TextDecoder().decode(opened);
      } catch {
        // The next key may be the one.
      }
    }
    throw new UnsealableStateError();
  }

  /** Where the secrets can't be had now, the next one asks again. */
  private async loaded(): Promise<readonly Key[]> {
    this.keys ??= this.secrets().then((secrets) => Promise.all(secrets.slice(0, STATE_KEYS).map(keyOf)));
    try {
      return await this.keys;
    } catch (error) {
      this.keys = undefined;
      throw error;
    }
  }
}

/** Any secret becomes a key of the right length; a short one stays as weak as it is. */
async function keyOf(secret: string): Promise<Key> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(secret));
  return crypto.subtle.importKey('raw', digest, AES, false, ['encrypt', 'decrypt']);
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch (error) {
    throw new UnsealableStateError({ cause: error });
  }
}

/** Bytes of a digest that tells whether a text has changed. */
const SHORT_BYTES = 12;

/** The first bytes of a text's SHA-256, in base64url. */
export async function digestOf(text: string, bytes = SHORT_BYTES): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(text));
  return toBase64Url(new Uint8Array(digest, 0, bytes));
}
