// The cleaning of untrusted text: what may stand in a record, and what may reach a model or a screen.
const HIDDEN = /[\p{Cc}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/gu;
const HIDDEN_ONE = new RegExp(HIDDEN.source, 'u');
const SPACES = /[\t\r\n\u2028\u2029]/g;
const DELETED = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/** Without control, bidirectional and zero-width characters: the canonical copy of a record's text. */
export function removeHidden(text: string): string {
  return text.replace(HIDDEN, '');
}

/** True when the text holds a control, bidirectional or zero-width character. */
export function hasHidden(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    // What is not plain ASCII is for the pattern to judge.
    if (unit < 0x20 || unit > 0x7e) return HIDDEN_ONE.test(text);
  }
  return false;
}

/** Text fit for a model or a screen: well-formed, NFKC, one line, nothing invisible, at most `limit` code points. */
export function cleanText(text: string, limit = 500): { readonly text: string; readonly truncated: boolean } {
  const clean = text.toWellFormed().normalize('NFKC').replace(SPACES, ' ').replace(DELETED, '').replace(/\s+/g, ' ').trim();
  const points = Array.from(clean);
  if (points.length <= limit) return { text: clean, truncated: false };
  return { text: points.slice(0, limit).join(''), truncated: true };
}

/** JSON text whose strings cannot close a fence or a tag: < > & and the back-tick are escaped. */
export function escapeForPrompt(json: string): string {
  return json.replace(/[<>&`]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`);
}
