/** The parameter of a module's URL that says how often it was loaded. */
export const MARK = 'watch';

/** Whether a file, by its URL, is an author's, who may change it: no package, and not of this program (`own`, a folder). */
export function isOfAuthor(url: string, own: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/') && !url.startsWith(own);
}
