import type { AvroDefinition } from '@swipestream/contracts'

/** Names of types defined above, and of those whose definition encloses this one. */
export interface Scope {
  readonly namespace: string | undefined
  readonly known: Map<string, AvroDefinition>
  readonly open: ReadonlySet<string>
}

/** Full name of a definition, by Avro's rules. */
export function nameOf({ name = '', namespace }: AvroDefinition, scope: Scope): string {
  if (name.includes('.')) return name
  const around = namespace ?? scope.namespace
  return around ? `${around}.${name}` : name
}

export function remember(definition: AvroDefinition, scope: Scope): void {
  if (definition.name !== undefined) scope.known.set(nameOf(definition, scope), { ...definition, name: nameOf(definition, scope) })
}

/** The definition that a name stands for, in its own namespace or none. */
export function definitionOf(name: string, scope: Scope): AvroDefinition | undefined {
  return scope.known.get(name) ?? scope.known.get(`${scope.namespace ?? ''}.${name}`)
}
