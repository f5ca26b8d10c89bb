import type { Node } from './cel.js'
import { positionOf } from './errors.js'
import type { FeatureType, FeatureValues } from './feature.js'
import { Failure, isThere, type Missing, missingOf } from './missing.js'
import { literalOf, nameOf, operandsOf } from './survey.js'

/** Evaluates over a transaction's features. */
export type Run<T> = (values: FeatureValues) => T | Missing

type Value = number | string | boolean

/** Where a name's value comes from. */
export interface Source {
  readonly type: FeatureType
  readonly run: Run<Value>
}

/**
 * Makes a function of an expression that `survey` let through and CEL found well typed.
 *
 * It evaluates as CEL does, with two differences, both so that no failure looks like a "no":
 * - a number that is not finite is a failure where it arises (CEL's doubles have `1.0 / 0.0 > 3.0` be true and
 *   `0.0 / 0.0 > 3.0` be false);
 * - an absent feature is neither true nor false, nor a failure: what uses it is absent too. `&&`, `||` and `?:` do
 *   without it where the other side decides, as CEL has it for errors and unknowns. `has()` asks for it.
 */
export function compile(node: Node, sourceOf: (name: string) => Source): Run<Value> {
  const compiled = (operand: Node) => compile(operand, sourceOf)
  const literal = literalOf(node)
  if (literal !== undefined) return () => literal
  switch (node.op) {
    case '.': return sourceOf(nameOf(node) as string).run
    case '!_': return not(compiled(node.args))
    case '-_': return negative(compiled(node.args))
    case '?:': return conditional(compiled(node.args[0]), compiled(node.args[1]), compiled(node.args[2]))
    case 'in': return membership(compiled(node.args[0]), node.args[1])
    case 'call': return presence(compiled(node.args[1][0] as Node))
    case 'rcall': return textSearch(node.args[0], compiled(node.args[1]), compiled(node.args[2][0] as Node))
    default: {
      const [left, right] = operandsOf(node)
      const make = operations[node.op]
      if (make === undefined || left === undefined || right === undefined) throw new TypeError(`the operator ${node.op} was let through and cannot be compiled`)
      return make(compiled(left), compiled(right), node)
    }
  }
}

type Operation = (left: Run<Value>, right: Run<Value>, node: Node) => Run<Value>

/** Every operation is a function of its own: a shared one with a switch inside would be slower and no shorter. */
const operations: Readonly<Record<string, Operation>> = {
  '&&': (left, right) => (values) => {
    const a = left(values)
    if (a === false) return false
    const b = right(values)
    if (b === false) return false
    return a === true && b === true ? true : missingOf(a, b)
  },
  '||': (left, right) => (values) => {
    const a = left(values)
    if (a === true) return true
    const b = right(values)
    if (b === true) return true
    return a === false && b === false ? false : missingOf(a, b)
  },
  '==': (left, right) => (values) => {
    const a = left(values)
    const b = right(values)
    return isThere(a) && isThere(b) ? a === b : missingOf(a, b)
  },
  '!=': (left, right) => (values) => {
    const a = left(values)
    const b = right(values)
    return isThere(a) && isThere(b) ? a !== b : missingOf(a, b)
  },
  '<': (left, right) => (values) => {
    const a = left(values)
    const b = right(values)
    return isThere(a) && isThere(b) ? a < b : missingOf(a, b)
  },
  '<=': (left, right) => (values) => {
    const a = left(values)
    const b = right(values)
    return isThere(a) && isThere(b) ? a <= b : missingOf(a, b)
  },
  '>': (left, right) => (values) => {
    const a = left(values)
    const b = right(values)
    return isThere(a) && isThere(b) ? a > b : missingOf(a, b)
  },
  '>=': (left, right) => (values) => {
    const a = left(values)
    const b = right(values)
    return isThere(a) && isThere(b) ? a >= b : missingOf(a, b)
  },
  '+': (left, right, node) => arithmetic(left, right, (a, b) => a + b, node),
  '-': (left, right, node) => arithmetic(left, right, (a, b) => a - b, node),
  '*': (left, right, node) => arithmetic(left, right, (a, b) => a * b, node),
  '/': quotient,
}

function arithmetic(left: Run<Value>, right: Run<Value>, result: (a: number, b: number) => number, node: Node): Run<number> {
  return (values) => {
    const a = left(values)
    const b = right(values)
    return typeof a === 'number' && typeof b === 'number' ? finite(result(a, b), node) : missingOf(a, b)
  }
}

function quotient(left: Run<Value>, right: Run<Value>, node: Node): Run<number> {
  const divisor = operandsOf(node)[1] as Node
  return (values) => {
    const a = left(values)
    const b = right(values)
    if (typeof a !== 'number' || typeof b !== 'number') return missingOf(a, b)
    return b === 0 ? new Failure(`division by zero at ${placeOf(divisor)}`) : finite(a / b, node)
  }
}

function finite(result: number, node: Node): number | Failure {
  return Number.isFinite(result) ? result : new Failure(`too large for a number at ${placeOf(node)}`)
}

function negative(operand: Run<Value>): Run<number> {
  return (values) => {
    const a = operand(values)
    return typeof a === 'number' ? -a : missingOf(a, undefined)
  }
}

function not(operand: Run<Value>): Run<boolean> {
  return (values) => {
    const a = operand(values)
    return typeof a === 'boolean' ? !a : missingOf(a, undefined)
  }
}

function conditional(condition: Run<Value>, yes: Run<Value>, no: Run<Value>): Run<Value> {
  return (values) => {
    const a = condition(values)
    if (a === true) return yes(values)
    return a === false ? no(values) : missingOf(a, undefined)
  }
}

function membership(left: Run<Value>, list: Node): Run<boolean> {
  const elements = new Set(operandsOf(list).map(literalOf))
  return (values) => {
    const a = left(values)
    return isThere(a) ? elements.has(a) : missingOf(a, undefined)
  }
}

/** A feature that is not of its type is there, and fails whoever uses it. */
function presence(feature: Run<Value>): Run<boolean> {
  return (values) => feature(values) !== undefined
}

function textSearch(method: string, receiver: Run<Value>, argument: Run<Value>): Run<boolean> {
  const search = method === 'startsWith' ? (a: string, b: string) => a.startsWith(b)
    : method === 'endsWith' ? (a: string, b: string) => a.endsWith(b)
    : (a: string, b: string) => a.includes(b)
  return (values) => {
    const a = receiver(values)
    const b = argument(values)
    return typeof a === 'string' && typeof b === 'string' ? search(a, b) : missingOf(a, b)
  }
}

function placeOf(node: Node): string {
  const { line, column } = positionOf(node.input, node.start)
  return `${line}:${column}`
}
