// A document of several parts, each under a line of its own, which fold. Pure.

const HEAD = /^=== .* ===$/;

export interface Section {
  title: string;
  text: string;
}

export function written(sections: Section[]): string {
  return sections.map(({ title, text }) => `=== ${title} ===\n${text.replace(/\n+$/, "")}\n`).join("\n");
}

/** First and last line of each part, counted from 0. */
export function folds(lines: string[]): [first: number, last: number][] {
  const heads = lines.flatMap((line, at) => (HEAD.test(line) ? [at] : []));
  return heads.map((head, index) => {
    let last = (heads[index + 1] ?? lines.length) - 1;
    while (last > head && lines[last]?.trim() === "") {
      last -= 1;
    }
    return [head, last];
  });
}

/** The last `most` lines, without empty ones at the end. */
export function lastLines(text: string, most: number): string {
  return text.replace(/\s+$/, "").split("\n").slice(-most).join("\n");
}
