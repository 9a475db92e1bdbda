// For browsers that cannot run the page: as plain as they are. What is asked for came latest of all it uses.
(function () {
  var able = window.RTCPeerConnection && window.HTMLDialogElement && window.AbortSignal && AbortSignal.timeout
    && Element.prototype.checkVisibility;
  if (!able) document.getElementById("too-old").hidden = false;
})();
