// The diagnostics as a Markdown text, of plain values.
export interface Tail {
  path: string;
  text: string;
}

export interface Facts {
  versions: Record<string, string>;
  settings: Record<string, unknown>;
  daemon: Record<string, string>;
  training: Record<string, string>;
  runs: { name: string; facts: Record<string, string> }[];
  logs: Tail[];
}

export interface Titles {
  title: string;
  note: string;
  versions: string;
  settings: string;
  daemon: string;
  training: string;
  runs: string;
  logs: string;
  none: string;
}

export function toMarkdown(facts: Facts, titles: Titles): string {
  const sections = [
    `# ${titles.title}`,
    titles.note,
    `## ${titles.versions}`,
    list(facts.versions),
    `## ${titles.settings}`,
    fenced(JSON.stringify(facts.settings, null, 2), "json"),
    `## ${titles.daemon}`,
    list(facts.daemon),
    `## ${titles.training}`,
    list(facts.training),
    `## ${titles.runs}`,
    ...(facts.runs.length > 0
      ? facts.runs.flatMap(({ name, facts: of }) => [`### ${name}`, list(of)])
      : [titles.none]),
    `## ${titles.logs}`,
    ...(facts.logs.length > 0
      ? facts.logs.flatMap(({ path, text }) => [`### ${path}`, fenced(text)])
      : [titles.none]),
  ];
  return `${sections.join("\n\n")}\n`;
}

function list(facts: Record<string, string>): string {
  return Object.entries(facts)
    .map(([name, value]) => `- ${name}: ${value.replace(/\s*\n\s*/g, " ")}`)
    .join("\n");
}

/** A fence that nothing in the text can close. */
function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
