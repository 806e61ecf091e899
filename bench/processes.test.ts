// Accounting of process families: parsing, trees, and children that ended before we looked.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { familyCpuSeconds, familyOf, familyPssKib, parseStat } from './processes.ts'

const stat = (name: string) =>
  `17 (${name}) S 4 17 17 0 -1 4194560 90 80 0 0 100 20 7 3 20 0 1 0 55 1000 2 18446`

test('a stat line counts own time and that of reaped children, whatever the name holds', () => {
  for (const name of ['smtpd', 'a b) S 9 (c', '']) {
    assert.deepEqual(parseStat(stat(name)), { pid: 17, parent: 4, cpuSeconds: 1.3 })
  }
  assert.equal(parseStat(''), null)
  assert.equal(parseStat('17 (cut off'), null)
})

test('a family is its roots and all below', () => {
  const all = [
    { pid: 1, parent: 0, cpuSeconds: 1 },
    { pid: 10, parent: 1, cpuSeconds: 1 },
    { pid: 11, parent: 10, cpuSeconds: 1 },
    { pid: 12, parent: 11, cpuSeconds: 1 },
    { pid: 20, parent: 1, cpuSeconds: 1 },
  ]
  const pids = (roots: readonly number[]) =>
    familyOf(roots, all)
      .map(({ pid }) => pid)
      .toSorted((a, b) => a - b)
  assert.deepEqual(pids([10]), [10, 11, 12])
  assert.deepEqual(pids([11, 20, 10]), [10, 11, 12, 20])
  assert.deepEqual(pids([99]), [])
})

test('work of a child that has ended counts for its parent', {
  skip: process.platform !== 'linux',
}, async () => {
  const busyLoop = 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'
  const parent = spawn('sh', ['-c', `sh -c '${busyLoop}'; echo ready; read line`])
  try {
    await once(parent.stdout, 'data')
    assert.ok(familyCpuSeconds([parent.pid!]) > 0)
    assert.ok(familyPssKib([parent.pid!]) > 0)
  } finally {
    parent.stdin.end('\n')
    await once(parent, 'exit')
  }
})
