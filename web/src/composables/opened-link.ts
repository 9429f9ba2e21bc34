// The personal link that this page was opened with. Its secret leaves the address bar at once; it is kept here, in memory
// only, so that somebody whose browser cannot meet may take the link to one that can.
let opened = ''

export function rememberLink(link: string): void {
  opened = link
}

export const linkToCarryOn = (): string => opened || location.href
