// How many characters a text counts for: the same as the server counts (kernel/text.py, clean and length), letter for letter.
const W = "\\p{L}\\p{M}\\p{N}_";
const DOTS = "\\u00b7\\u30fb\\u200c";
const END = `${W}\\/%#&=+$@\\-`;
const INSIDE = "!'*,.:;?~\\|’–—…·";
const CHAR = `[${END}${INSIDE}]`;
const SPACE = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANK = "\\t\\n \\u00a0\\u1680\\u2000-\\u200b\\u202f\\u205f\\u2060\\u3000\\ufeff";

// `(?=(?<x>…))\k<x>` takes what matches and gives none of it back, as possessive quantifiers do.
const TOKEN = new RegExp(
  `(?<scheme>[hH][tT]{2}[pP][sS]?:\\/\\/)(?<![${W}][hH][tT]{2}[pP][sS]?:\\/\\/)` +
  "(?=(?<host>(?:[._\\-]*[\\p{L}\\p{M}\\p{N}]+)+))\\k<host>(?=(?<port>:[0-9]{1,5})?)\\k<port>" +
  `(?![%\\\\]|:?[0-9]|[^${SPACE}\\/?#@]*@)` +
  `(?=(?<path>(?=[\\/?#])(?:[${INSIDE}]*(?:[${END}]+|\\(${CHAR}*\\)|\\[${CHAR}*\\]))*)?)\\k<path>` +
  `|[hH][tT]{2}[pP][sS]?:\\/\\/[^${SPACE}]*` +
  `|@(?<![${W}=\\/+%&@]@)(?<![\\p{L}\\p{N}]-@)` +
  `(?=(?<user>[A-Za-z0-9_]+(?![${W}])(?:[.\\-]+[A-Za-z0-9_]+(?![${W}]))*))\\k<user>` +
  `(?=(?<domain>@(?:[${W}]+(?:-+[${W}]+)*(?:\\.[${W}]+(?:-+[${W}]+)*)+|localhost(?![${W}]))(?::[0-9]{1,5}(?![${W}]))?)?)\\k<domain>(?!@)` +
  `|#(?<![${W}=\\/&]#)(?![${W}${DOTS}]{256})(?=_*[\\p{L}\\p{N}])(?=[\\p{N}\\p{M}]*(?:[\\p{L}_]|[${DOTS}][${W}]))[${W}]+(?:[${DOTS}]+[${W}]+)*` +
  "|:(?<![\\p{L}\\p{M}\\p{N}:]:)[A-Za-z0-9_]{2,}:(?![\\p{L}\\p{M}\\p{N}:])",
  "gu",
);
const BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const HOST = new RegExp(`^(?:(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])|localhost|(?:${BYTE}\\.){3}${BYTE})$`, "i");
const MARKS = /(\p{M}{30})\p{M}+/gu;
const UNWANTED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;
const ENDS = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "gu");
const LONGEST_HOST = 253;
const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("fr", { granularity: "grapheme" }) : null;

/** Count the characters of a text as it will be stored, each link counting for `link`. */
export function counted(typed, link) {
  const short = composed(clean(typed)).replace(TOKEN, (whole, ...rest) => {
    const { scheme, host, port, user } = rest.at(-1);
    if (user !== undefined) return `@${user}`;
    return scheme !== undefined && linked(host, port) ? "x".repeat(link) : whole;
  });
  return segmenter ? [...segmenter.segment(short)].length : [...short].length;
}

function clean(typed) {
  const lines = typed.replace(/\r\n?|\u2028|\u2029/g, "\n").replace(UNWANTED, "");
  return composed(lines).replace(new RegExp(`\\n(?:[${SPACE.replace("\\n", "")}]*\\n){3,}`, "gu"), "\n\n\n").replace(ENDS, "");
}

function composed(text) {
  return text.replace(MARKS, "$1").normalize("NFC").replace(MARKS, "$1");
}

function linked(host, port) {
  if (host.length > LONGEST_HOST || Number(port?.slice(1) ?? 0) > 65535) return false;
  if (/^[\x00-\x7f]*$/.test(host)) return HOST.test(host);
  if (host.split(".").some((label) => /^-|-$|^..--/u.test(label))) return false; // RFC 5891, which browsers do not hold to
  try {
    return HOST.test(new URL(`https://${host}`).hostname);
  } catch {
    return false;
  }
}
