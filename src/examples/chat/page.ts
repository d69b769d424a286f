// For a browser: run the example with the command `porthole`, and open
// its address in two windows.
export const html = `<!doctype html>
<title>Chat</title>
<form>
  <label>Your name <input name="who" required></label>
  <label>Say <input name="what" disabled></label>
  <button>Send</button>
</form>
<pre></pre>
<script>
  const { who, what } = document.forms[0].elements;
  const show = (text) => document.querySelector('pre').append(text, '\\n');
  let socket;
  document.forms[0].onsubmit = (event) => {
    event.preventDefault();
    if (socket) socket.send(what.value);
    else {
      socket = new WebSocket('/?name=' + encodeURIComponent(who.value));
      socket.onmessage = ({ data }) => show(data);
      socket.onclose = ({ code }) => show('closed: ' + code);
      who.disabled = true;
      what.disabled = false;
    }
    what.value = '';
  };
</script>
`;
