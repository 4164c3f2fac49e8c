// Says by the links to the PDF that they need a connection, while there is none.
const notice = document.querySelector("[data-offline]");
const tell = () => (notice.hidden = navigator.onLine);
for (const change of ["online", "offline"]) addEventListener(change, tell);
tell();
