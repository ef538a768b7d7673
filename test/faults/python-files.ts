/** Handlers that misbehave, and one that does not. Named by what they do. */
export const faultFiles = {
  'hello.py': 'def handler(event):\n    return "hello"\n',
  'sleep.py': 'import asyncio\nasync def handler(event):\n    await asyncio.sleep(0.2)\n    return "slept"\n',
  'block.py': 'import time\ndef handler(event):\n    time.sleep(0.05)\n    return "blocked"\n',
  'forever.py': 'def handler(event):\n    while True:\n        pass\n',
  'pid.py': 'import os\ndef handler(event):\n    return os.getpid()\n',
  'exit.py': 'def handler(event):\n    exit(3)\n',
  'hard_exit.py':
    'import os, sys\ndef handler(event):\n    sys.__stderr__.write("last words\\n")\n    sys.__stderr__.flush()\n    os._exit(3)\n',
  'thread_exit.py':
    'import asyncio, sys\nasync def bad():\n    sys.exit(4)\nasync def handler(event):\n    asyncio.ensure_future(bad())\n    await asyncio.sleep(0.05)\n    return "still here"\n',
  'half.py':
    'import os\ndef handler(event):\n    os.write(3, b"\\x00\\x00\\x00\\x20\\x00\\x00")\n    os._exit(0)\n',
  'garbage.py':
    'import os\ndef handler(event):\n    os.write(3, os.urandom(1000) + b"\\xff" * 8)\n    import time\n    time.sleep(5)\n',
  'hundred.py': 'def handler(event):\n    return b"0123456789" * 10000000\n',
  'echo.py':
    'import base64\ndef handler(event):\n    body = event.get("body", "")\n    return base64.b64decode(body) if event.get("is_base64") else body.encode()\n',
  'memory.py':
    'HELD = []\ndef handler(event):\n    HELD.append(bytearray(150_000_000))\n    return len(HELD)\n'
}
