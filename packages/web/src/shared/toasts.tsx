// Where confirmations appear: one corner, read out politely, gone by themselves unless somebody is at them.

import { CloseButton } from '@mantine/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useWords } from '#i18n/i18n.ts'
import { dismissToast, listenToToasts, readToasts, TOAST_MS, type Toast } from './toast-store.ts'
import classes from './toasts.module.css'

export function Toasts() {
  const toasts = useSyncExternalStore(listenToToasts, readToasts)
  return (
    <div className={classes.corner} role="status" aria-live="polite" aria-relevant="additions">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastLine({ toast }: { readonly toast: Toast }) {
  const words = useWords('shell')
  const { id, text, undo } = toast
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(() => dismissToast(id), TOAST_MS)
    return () => clearTimeout(timer)
  }, [id, isHeld])
  const hold = () => setHeld(true)
  const letGo = () => setHeld(false)
  return (
    <div
      className={classes.toast}
      onPointerEnter={hold}
      onPointerLeave={letGo}
      onFocusCapture={hold}
      onBlurCapture={letGo}
    >
      <span>{text}</span>
      {undo && (
        <button
          type="button"
          className={classes.undo}
          onClick={() => {
            dismissToast(id)
            undo()
          }}
        >
          {words('undo', 'Undo')}
        </button>
      )}
      <CloseButton
        size="sm"
        aria-label={words('closeText', { defaultValue: `Close: ${text}`, text })}
        onClick={() => dismissToast(id)}
      />
    </div>
  )
}
