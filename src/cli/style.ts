/** Colour for one stream: none when it is not a terminal, when NO_COLOR is set or when the terminal cannot. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
}

export function createStyle(colour: boolean): Style {
  const paint = (open: number, close: number) => (text: string) =>
    colour ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
  };
}
