/** How a column is about a person: see the tags of `@swipestream/contracts`. The strongest first. */
const tags = ['direct', 'quasi', 'pseudonymous'] as const

export type Pii = (typeof tags)[number]

/** The tag of a schema's field. `none`, and a tag that nobody knows, is null. */
export function piiOf(tag: string | undefined): Pii | null {
  return tags.find((one) => one === tag) ?? null
}

export function strongest(all: readonly (Pii | null)[]): Pii | null {
  return tags.find((tag) => all.includes(tag)) ?? null
}

/**
 * Whether a column is emptied where a person is erased. What only stands for a person stays: it leads nowhere when the
 * rest is gone, and without it nothing could be counted.
 */
export function isErased(pii: Pii | null): boolean {
  return pii === 'direct' || pii === 'quasi'
}
