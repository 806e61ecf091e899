// Receipts of what was erased: a text with counts, signed with a key of this installation, kept when the
// organisation is gone.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import type { Receipt } from '@gatepost/contract/leaving.ts'
import { newId } from '#platform/random.ts'
import type { SecretBox } from '#platform/secret-box.ts'
import type { Db, Trx } from '#store/open.ts'

const KEY_ID = 'receipts'
const PLACE = { tenantId: 'system', column: 'receipt_key.private_key', id: KEY_ID } as const
/** Shown; each is small, and there is one an organisation that left. */
const RECEIPTS_SHOWN = 500

/** Signs and keeps the receipt. Part of the transaction that erases. */
export async function keepReceipt(
  trx: Trx,
  receipt: { readonly name: string; readonly document: object; readonly now: number },
  secrets: SecretBox,
): Promise<Receipt> {
  const { name, now } = receipt
  const key = await receiptKey(trx, secrets, now)
  const id = newId('rcp', now)
  const document = JSON.stringify({ receipt: id, ...receipt.document }, null, 1)
  const signature = sign(null, Buffer.from(document, 'utf8'), key.privateKey).toString('base64')
  await trx
    .insertInto('erasure_receipt')
    .values({ id, erased_at: now, name, document, signature, public_key: key.publicPem })
    .execute()
  return { id, erasedAt: now, name, document, signature, publicKey: key.publicPem }
}

/** Newest first. */
export async function receiptsOf(db: Db): Promise<Receipt[]> {
  const rows = await db
    .selectFrom('erasure_receipt')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(RECEIPTS_SHOWN)
    .execute()
  return rows.map(({ id, erased_at, name, document, signature, public_key }) => {
    return { id, erasedAt: erased_at, name, document, signature, publicKey: public_key }
  })
}

/** Made with the first receipt. */
async function receiptKey(trx: Trx, secrets: SecretBox, now: number) {
  const row = await trx.selectFrom('receipt_key').selectAll().where('id', '=', KEY_ID).executeTakeFirst()
  if (row) {
    const privateKey = createPrivateKey(secrets.open(row.private_key, PLACE))
    return { privateKey, publicPem: row.public_key }
  }
  const pair = generateKeyPairSync('ed25519')
  const pem = String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const publicPem = String(pair.publicKey.export({ type: 'spki', format: 'pem' }))
  await trx
    .insertInto('receipt_key')
    .values({ id: KEY_ID, public_key: publicPem, private_key: secrets.seal(pem, PLACE), created_at: now })
    .execute()
  return { privateKey: pair.privateKey, publicPem }
}
