// The rule of passwords as the server has it (domain §7): at least 10 characters of 3 classes. The
// server decides; this only tells it before asking.

export function passwordRules(password: string): { long: boolean; classes: boolean } {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/]
  return {
    long: [...password].length >= 10,
    classes: kinds.filter((kind) => kind.test(password)).length >= 3,
  }
}
