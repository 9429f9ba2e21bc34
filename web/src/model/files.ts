// Which files records take, as far as a page can tell before they are sent; the server looks at their content
// (store/file-kind.h) and has the last word.
/** Of one file (attachments, api/attachments.c). */
export const BYTES_MOST = 50 * 1024 * 1024

const EXTENSIONS = 'pdf ofd doc docx wps xls xlsx et ppt pptx txt jpg jpeg png heic mp4 m4a zip'.split(' ')
export const ACCEPTED = EXTENSIONS.map((one) => `.${one}`).join(',')

/** Pictures that the server makes small ones of (thumbnails/thumbnail.h). */
export const hasThumbnail = ({ mime }: { mime: string }): boolean => mime === 'image/jpeg' || mime === 'image/png'

/** How a page shows a file itself; null: not at all, it is fetched. */
export function shownAs(file: { mime: string }): 'picture' | 'document' | null {
  if (hasThumbnail(file)) return 'picture'
  return file.mime === 'application/pdf' ? 'document' : null
}

export type WrongFile = 'kind' | 'large' | 'empty'

/** null: it may be sent. */
export function wrongOf({ name, size }: Pick<File, 'name' | 'size'>): WrongFile | null {
  if (!EXTENSIONS.includes(name.slice(name.lastIndexOf('.') + 1).toLowerCase())) return 'kind'
  if (size === 0) return 'empty'
  return size > BYTES_MOST ? 'large' : null
}
