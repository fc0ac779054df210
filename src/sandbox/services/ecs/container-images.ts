/** What the sandbox runs in place of an image: a program of this machine. */
export interface ContainerImage {
  readonly command: readonly string[];
  /** What the image brings along; the task definition wins. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Images by repository name, e.g. `production-rag/app`. */
export type ContainerImages = Readonly<Record<string, ContainerImage>>;

/** The image that a reference means; registry host, tag and digest make no difference. */
export function findImage(images: ContainerImages, reference: string): ContainerImage | undefined {
  const untagged = reference.replace(/@sha256:[0-9a-f]+$/, '').replace(/:[\w.-]+$/, '');
  const [host = '', ...rest] = untagged.split('/');
  const repository = /[.:]|^localhost$/.test(host) ? rest.join('/') : untagged;
  return images[repository];
}
