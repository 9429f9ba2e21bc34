// A modal <dialog>, also where the browser has no such thing (Safari before 15.4): there it is an element that base.css
// lays over the page.
export function openModal(dialog: HTMLDialogElement | null): void {
  if (!dialog) return
  if (dialog.showModal) dialog.showModal()
  else {
    dialog.setAttribute('open', '')
    dialog.classList.add('over-page')
    dialog.querySelector<HTMLElement>('button, input, a[href]')?.focus()
  }
  // The focus may be below the fold where the type is large: what is asked is read first.
  dialog.scrollTop = 0
}

export function closeModal(dialog: HTMLDialogElement | null): void {
  if (!dialog) return
  if (dialog.close) return dialog.close()
  dialog.removeAttribute('open')
  dialog.dispatchEvent(new Event('close'))
}
