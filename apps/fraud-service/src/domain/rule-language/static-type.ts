import type { Node } from './cel.js'
import type { FeatureType } from './feature.js'
import { type Finding, nameOf, operandsOf } from './survey.js'

const arithmetic = new Set<string>(['+', '-', '*', '/'])

/**
 * What CEL lets through and rules do not: arithmetic on whole numbers, which CEL does by rules of its own (`7 / 2` is
 * 3), `+` on texts, and a division by a zero that is written there. Only for an expression that is well typed.
 */
export function refusedArithmetic(node: Node, typeOf: (name: string) => FeatureType): Finding[] {
  switch (node.op) {
    case 'value': case '.': case 'list': case 'call': return []
    case 'rcall': return [node.args[1], ...node.args[2]].flatMap((operand) => refusedArithmetic(operand, typeOf))
    default: {
      const inner = operandsOf(node).flatMap((operand) => refusedArithmetic(operand, typeOf))
      if (inner.length > 0 || !arithmetic.has(node.op)) return inner
      return arithmeticFindings(node, operandsOf(node), typeOf)
    }
  }
}

function arithmeticFindings(node: Node, [left, right]: readonly Node[], typeOf: (name: string) => FeatureType): Finding[] {
  if (left === undefined || right === undefined) return []
  switch (typeOfNode(left, typeOf)) {
    case 'int': return [{
      code: 'FRAUD_RULE_WRONG_TYPE', offset: node.start,
      message: `${node.op} is for numbers with a decimal point`, suggestion: decimalPoint(left) ?? 'write 2.0 for 2',
    }]
    case 'string': return [{ code: 'FRAUD_RULE_TOO_COSTLY', offset: node.start, message: 'rules put no texts together' }]
    case 'number': case 'bool': {
      const zero = node.op === '/' && right.op === 'value' && right.args === 0
      return zero ? [{ code: 'FRAUD_RULE_WRONG_TYPE', offset: right.start, message: 'a division by zero always fails' }] : []
    }
  }
}

/** The first whole number among the operands, as it should be written; undefined when there is none. */
export function decimalPoint(...nodes: readonly Node[]): string | undefined {
  for (const node of nodes) {
    const literal = node.op === '-_' ? node.args : node
    if (literal.op === 'value' && typeof literal.args === 'bigint') {
      const text = node.input.slice(node.start, node.end)
      return `write ${text}.0 for ${text}`
    }
  }
  return undefined
}

function typeOfNode(node: Node, typeOf: (name: string) => FeatureType): FeatureType | 'int' {
  switch (node.op) {
    case 'value': {
      switch (typeof node.args) {
        case 'bigint': return 'int'
        case 'number': return 'number'
        case 'string': return 'string'
        default: return 'bool'
      }
    }
    case '.': return typeOf(nameOf(node) as string)
    case '-_': return typeOfNode(node.args, typeOf)
    case '?:': return typeOfNode(node.args[1], typeOf)
    case '+': case '-': case '*': case '/': return typeOfNode(node.args[0], typeOf)
    default: return 'bool'
  }
}
