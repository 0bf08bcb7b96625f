// Takes out of a text what must not leave the machine. Rather a word too many than a secret too few.

export interface Private {
  home: string;
  /** The user's and the machine's name, and what stands for them. */
  names: Record<string, string>;
}

const GONE = "[redacted]";
const SECRET_NAME =
  "[\\w.-]*(?:token(?!iz)|secret|passw(?:or)?d|passphrase|passwd|api[-_.]?key|access[-_.]?key|private[-_.]?key|credential|authorization|cookie)[\\w.-]*";
// A quoted text, one inside a quoted text, or a word.
const VALUE = `\\\\"(?:(?!\\\\").)*\\\\"|"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|[^\\s,;&}\\])"']+`;

/** What is taken out, in this order, and what is left in its place. */
const RULES: [RegExp, string][] = [
  [/-----BEGIN [^-]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*PRIVATE KEY-----|$)/g, GONE],
  // scheme://user:password@host
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, `$1${GONE}@`],
  [/\b(Bearer|Basic|Digest|Negotiate)\s+[\w.~+/=-]+/gi, `$1 ${GONE}`],
  [
    new RegExp(`(${SECRET_NAME})(\\\\?["']?\\s*[:=]\\s*)(?!${escaped(GONE)})(?:${VALUE})`, "gi"),
    `$1$2${GONE}`,
  ],
  [new RegExp(`(--${SECRET_NAME}\\s+)(?!${escaped(GONE)})(?:${VALUE})`, "gi"), `$1${GONE}`],
  // Keys that are known by how they begin.
  [/\b(?:hf|gh[pousr]|github_pat|glpat|npm|pypi|sk|rk|pk|xox[abeoprs]|AIza|ya29)[-_.]?[\w.-]{16,}/g, GONE],
  [/\bhf_\w+/g, GONE],
  [/\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[0-9A-Z]{16}\b/g, GONE],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, GONE],
  // A long word with capitals, small letters and digits is no word.
  [/(?<![\w+=-])(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])(?=[\w+=-]*\d)[\w+=-]{32,}/g, GONE],
];

export function redact(text: string, { home, names }: Private): string {
  const kept = RULES.reduce((rest, [what, instead]) => rest.replace(what, instead), text);
  const ofNobody = kept.replaceAll(new RegExp(`${escaped(home)}(?![\\w.-])`, "g"), "~");
  return Object.entries(names)
    .filter(([name]) => name !== "")
    .reduce((rest, [name, instead]) => rest.replaceAll(wholeWord(name), instead), ofNobody);
}

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\d])${escaped(name)}(?![\\p{L}\\d])`, "giu");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
