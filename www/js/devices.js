// Which camera and microphone a call is to use.

/** The devices that were chosen, as constraints; nothing where the browser is to choose. */
export function chosenDevice(kind) {
  const { value } = document.getElementById(`preview-${kind}`);
  return value === "" ? {} : { deviceId: { exact: value } };
}
