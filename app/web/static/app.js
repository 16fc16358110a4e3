// Everything works without this file. It switches on GOV.UK Frontend's
// components where the browser supports them.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
initAll();

// An upload shows how far it is. Without this the form is sent as any other.
document.querySelectorAll("form[data-upload]").forEach(watch);

function watch(form) {
  form.addEventListener("submit", (event) => {
    const files = [...form.elements.file.files];
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const { maxBytes, maxWords, maxFiles } = form.dataset;
    event.preventDefault();
    if (bytes > Number(maxBytes) || files.length > Number(maxFiles)) {
      say(form, `Up to ${maxWords} and ${maxFiles} files can be checked in one go. Choose fewer or smaller files: nothing was sent`);
      return;
    }
    send(form, bytes);
  });
}

function say(form, words) {
  form.querySelector("[data-upload-progress]").hidden = true;
  form.querySelector("[data-upload-words]").textContent = "";
  form.querySelector("[data-upload-error]").textContent = words;
}

function send(form, bytes) {
  const button = form.querySelector("button");
  const bar = form.querySelector("progress");
  const words = form.querySelector("[data-upload-words]");
  const request = new XMLHttpRequest();
  const stop = (why) => { button.disabled = false; say(form, why); };
  form.querySelector("[data-upload-progress]").hidden = bytes === 0;
  words.textContent = form.querySelector("[data-upload-error]").textContent = "";
  button.disabled = true;
  request.upload.onprogress = (event) => {
    bar.value = event.lengthComputable ? 100 * event.loaded / event.total : 0;
    if (event.loaded === event.total) words.textContent = "Sent. Waiting for the check to begin";
  };
  request.onload = () => {
    if (request.responseURL !== form.action) {
      location.assign(request.responseURL);
      return;
    }
    // A form with errors, or a page that says what went wrong.
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    initAll();
    document.querySelectorAll("form[data-upload]").forEach(watch);
    focusOn(document.querySelector(".govuk-error-summary, main h1"));
  };
  request.onerror = () => stop("The upload was cut off, and nothing was kept of it. Check your connection and send it again");
  request.open("POST", form.action);
  request.send(new FormData(form));
}

// The page of a check that is under way says when a stage begins, and not each
// percent. Its place is outside what is swapped: a live region that is replaced
// says nothing. Once the check has ended the page is loaded anew, and its
// heading is read out.
const stageSaid = document.querySelector("[data-stage-said]");
const endAwaited = "readiness-check-awaited";

function sayStage() {
  const stage = document.getElementById("progress")?.dataset.stage;
  if (stage && stageSaid.textContent !== stage) stageSaid.textContent = stage;
}

if (stageSaid) {
  sessionStorage.setItem(endAwaited, location.pathname);
  document.addEventListener("htmx:after:swap", sayStage);
  sayStage();
} else if (sessionStorage.getItem(endAwaited)) {
  const here = sessionStorage.getItem(endAwaited) === location.pathname;
  sessionStorage.removeItem(endAwaited);
  if (here) focusOn(document.querySelector("main h1"));
}

function focusOn(element) {
  element.tabIndex = -1;
  element.focus();
}
