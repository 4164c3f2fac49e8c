var o=document.querySelector("[data-offline]"),n=()=>o.hidden=navigator.onLine;for(let e of["online","offline"])addEventListener(e,n);n();
