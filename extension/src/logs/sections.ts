// A document of several parts, each under a line of its own, which fold. Pure.

const HEAD = /^=== .* ===$/;

export interface Section {
  title: string;
  text: string;
}

export function written(sections: Section[]): string {
  return sections.map(({ title, text }) => `=== ${title} ===\n${text.replace(/\n+$/, "")}\n`).join("\n");
}

export interface Head {
  text: string;
  line: number;
}

export function heads(lines: string[]): Head[] {
  return lines.flatMap((text, line) => (HEAD.test(text) ? [{ text, line }] : []));
}

/** First and last line of each part, counted from 0. */
export function folds(lines: string[]): [first: number, last: number][] {
  const found = heads(lines);
  return found.map(({ line: head }, index) => {
    let last = (found[index + 1]?.line ?? lines.length) - 1;
    while (last > head && lines[last]?.trim() === "") {
      last -= 1;
    }
    return [head, last];
  });
}

/** Where a line stands after other parts grew: its part begins elsewhere, and grew below it. */
export function moved(line: number, before: Head[], after: Head[]): number {
  const head = before.filter((each) => each.line <= line).at(-1);
  const now = after.find(({ text }) => text === head?.text);
  return head === undefined || now === undefined ? line : line + now.line - head.line;
}

/** The last `most` lines, without empty ones at the end. */
export function lastLines(text: string, most: number): string {
  return text.replace(/\s+$/, "").split("\n").slice(-most).join("\n");
}
