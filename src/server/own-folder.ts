/** The folder of this program as it is built, as a URL with a slash at its end. */
export const OWN_FOLDER = new URL('..', import.meta.url).href;
