/**
 * The languages a browser likes, the best first (`Accept-Language`, RFC 9110 section 12.5.4): BCP 47 tags. Entries that
 * are none, and `*`, are left out.
 */
export function acceptedLanguages(header: string | undefined): string[] {
  const liked = (header ?? '').split(',').flatMap((entry) => {
    const [, tag, quality] = /^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([\d.]+)\s*)?$/.exec(entry) ?? []
    return tag === undefined ? [] : [{ tag, quality: Number(quality ?? 1) }]
  })
  // Sorting is stable: of two that are liked the same, the first.
  return liked.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality).map(({ tag }) => tag)
}
