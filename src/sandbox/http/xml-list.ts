/** A list in an XML answer, with the element name its items carry on the wire (`member`, `DBInstance`, `item`). */
export class XmlList<T = unknown> {
  constructor(
    readonly itemName: string,
    readonly items: readonly T[],
  ) {}
}
