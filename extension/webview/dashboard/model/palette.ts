// Series colours: at least 3:1 on the editor, told apart under the common colour-vision deficiencies.

const LIGHT = ["#2649C0", "#D16A04", "#009F91", "#82256A", "#9F69EA", "#665E00", "#327AA0", "#5C3A23"];
const DARK = ["#7299FA", "#F1A750", "#82EADC", "#CE6C92", "#8265C7", "#E0E782", "#76C3E5", "#A06941"];

export interface SeriesColor {
  color: string;
  /** From the ninth run on colours repeat, dashed. */
  dashed: boolean;
}

export function seriesColor(index: number, dark: boolean): SeriesColor {
  const colors = dark ? DARK : LIGHT;
  return { color: colors[index % colors.length] as string, dashed: index >= colors.length };
}

/** Gives each run that has none the lowest free index; a run keeps its colour while the page knows it. */
export function assignColors(
  held: ReadonlyMap<string, number>,
  runIds: Iterable<string>,
): Map<string, number> {
  const colors = new Map(held);
  const taken = new Set(colors.values());
  for (const runId of runIds) {
    if (!colors.has(runId)) {
      let index = 0;
      while (taken.has(index)) {
        index++;
      }
      colors.set(runId, index);
      taken.add(index);
    }
  }
  return colors;
}
