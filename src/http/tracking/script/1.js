/* Tributary: tells which partner's link led a visitor here. docs/tracking.md */
(function (w, d) {
  'use strict';
  var script = d.currentScript;
  if (!script || w.tributary) return;
  var name = 'tributary_visitor';
  var data = function (key) { return script.getAttribute('data-' + key); };
  var days = Math.min(400, Math.max(1, parseInt(data('days'), 10) || 60));
  var to = script.src.replace(/[^/]*$/, '') + encodeURIComponent(data('tenant') || '');
  var may = data('consent') !== 'required' && !navigator.globalPrivacyControl;
  var waiting = [];
  var id = null;

  function cookie(value, seconds) {
    d.cookie = name + '=' + value + ';path=/;max-age=' + seconds + ';samesite=lax' +
      (location.protocol === 'https:' ? ';secure' : '');
  }
  function known() {
    var found = d.cookie.match(/(?:^|; )tributary_visitor=([!-:<-~]{8,128})(?:;|$)/);
    return found && found[1];
  }
  function visitor() {
    if (!may) return null;
    id = known() || id;
    if (!id) {
      id = Array.prototype.map.call(w.crypto.getRandomValues(new Uint8Array(16)), function (byte) {
        return (byte + 256).toString(16).slice(1);
      }).join('');
      cookie(id, days * 86400);
    }
    return id;
  }
  function send(what) {
    if (!may) { if (waiting.length < 20) waiting.push(what); return; }
    what.visitor = visitor();
    try {
      w.fetch(to, { method: 'POST', body: JSON.stringify(what), keepalive: true, credentials: 'omit' })
        .catch(function () {});
    } catch (error) { /* The page matters more. */ }
  }
  function own(part) { return /^(tc|ref)=/.exec(part); }
  function parts() { return location.search.slice(1).split('&'); }
  function clean() {
    var rest = parts().filter(function (part) { return !own(part); }).join('&');
    if (rest !== location.search.slice(1)) {
      history.replaceState(history.state, '', location.pathname + (rest && '?' + rest) + location.hash);
    }
  }
  function arrive() {
    var found = {};
    parts().forEach(function (part) {
      var key = own(part);
      try { if (key) found[key[1]] = decodeURIComponent(part.slice(key[0].length)); } catch (error) { /* not ours */ }
    });
    if (found.tc) send({ tc: found.tc });
    else if (found.ref) send({ ref: found.ref });
    clean();
  }

  w.tributary = {
    visitor: visitor,
    coupon: function (code) { send({ coupon: String(code) }); },
    consent: function (given) {
      if (given && !may) {
        may = true;
        visitor();
        arrive();
        waiting.splice(0).forEach(send);
      } else if (!given) {
        may = false;
        id = null;
        waiting = [];
        cookie('', 0);
        clean();
      }
    }
  };
  if (may) { visitor(); arrive(); }
})(window, document);
