/** The message of a field, whichever of its checks fails. */
export const says = (rule: string) => ({ error: (issue: { readonly input?: unknown }) => (issue.input === undefined ? 'is required' : rule) })
