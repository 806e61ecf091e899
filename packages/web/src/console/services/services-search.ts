// What the address of the services page holds: the message that a service is made of.
export type ServicesSearch = { readonly message?: string | undefined }

export function ServicesSearch(search: { readonly [name: string]: unknown }): ServicesSearch {
  return typeof search.message === 'string' ? { message: search.message } : {}
}
