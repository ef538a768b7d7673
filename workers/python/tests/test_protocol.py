"""Golden vectors, the answer rules, and random bytes. Run: python3 -m unittest discover -s workers/python -t workers/python"""

import json
import os
import random
import socket
import subprocess
import sys
import unittest

from treeway_worker.answer import AnswerInvalid, Stream, to_answer
from treeway_worker.call import Call, complete_event
from treeway_worker.function import Function
from treeway_worker.protocol import FrameReader, ProtocolError, encode

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, '..', '..', 'protocol')
MAIN = os.path.join(HERE, '..', 'main.py')


def read_shared(name):
    with open(os.path.join(SHARED, name), encoding='utf-8') as file:
        return json.load(file)


VECTORS = read_shared('vectors.json')


class Frames(unittest.TestCase):
    def test_every_frame_decodes_and_encodes(self):
        for vector in VECTORS['frames']:
            with self.subTest(vector['name']):
                data = bytes.fromhex(vector['frameHex'])
                body = bytes.fromhex(vector['bodyHex'])
                self.assertEqual(FrameReader().push(data), [(vector['header'], body)])
                self.assertEqual(encode(vector['headerText'], body), data)

    def test_byte_by_byte_and_in_random_pieces_they_are_the_same(self):
        data = b''.join(bytes.fromhex(vector['frameHex']) for vector in VECTORS['frames'])
        whole = FrameReader().push(data)
        self.assertEqual(len(whole), len(VECTORS['frames']))
        for most in [1, 2, 7, 100, 3000]:
            reader = FrameReader()
            frames = []
            start = 0
            while start < len(data):
                size = random.randint(1, most)
                frames += reader.push(data[start : start + size])
                start += size
            self.assertEqual(frames, whole)

    def test_what_is_no_frame_is_refused(self):
        for vector in VECTORS['invalid']:
            with self.subTest(vector['name']), self.assertRaises(ProtocolError):
                FrameReader().push(bytes.fromhex(vector['hex']))

    def test_random_bytes_are_refused_or_waited_for(self):
        for _ in range(3000):
            reader = FrameReader()
            try:
                reader.push(random.randbytes(random.randint(1, 100)))
                reader.push(random.randbytes(random.randint(1, 100)))
            except ProtocolError:
                pass


class Bodies(unittest.TestCase):
    def test_text_stays_text_and_bytes_become_base64(self):
        function = Function({'file': '/x.py', 'name': 'x.py'})
        for vector in VECTORS['requestBodies']:
            with self.subTest(vector['name']):
                call = Call(1, function, {}, {})
                complete_event(call, bytes.fromhex(vector['hex']))
                self.assertEqual(call.event.get('body'), vector.get('body'))
                self.assertEqual(call.event.get('is_base64', False), vector.get('is_base64', False))


class Answers(unittest.TestCase):
    def test_the_rules_all_languages_share(self):
        for case in read_shared('answers.json')['cases']:
            with self.subTest(case['name']):
                if 'code' in case:
                    with self.assertRaises(AnswerInvalid):
                        to_answer(case['value'])
                    continue
                status, headers, body = to_answer(case['value'])
                self.assertEqual((status, headers), (case['status'], case['headers']))
                if 'bodyJson' in case:
                    self.assertEqual(json.loads(body), case['bodyJson'])
                else:
                    wanted = bytes.fromhex(case['bodyHex']) if 'bodyHex' in case else case['body'].encode()
                    self.assertEqual(body, wanted)

    def test_a_tuple_with_a_status_is_an_answer_and_any_other_is_a_list(self):
        self.assertEqual(to_answer(({'a': 1}, 201, {'X-T': '1'}))[0], 201)
        self.assertEqual(to_answer(('x', 404))[0], 404)
        self.assertEqual(to_answer((1, 2))[2], b'[1,2]')
        self.assertEqual(to_answer(('a', 'b', 'c'))[2], b'["a","b","c"]')

    def test_an_object_with_status_headers_and_body_is_an_answer(self):
        class Answer:
            status = 202
            headers = {'X-A': '1'}
            body = b'abc'

        self.assertEqual(to_answer(Answer()), (202, {'x-a': '1', 'content-type': 'application/octet-stream'}, b'abc'))

    def test_dates_sets_and_dataclasses_have_a_json_form(self):
        import dataclasses
        import datetime

        @dataclasses.dataclass
        class Point:
            x: int

        value = {'d': datetime.date(2026, 1, 2), 's': {1}, 'p': Point(3)}
        self.assertEqual(to_answer(value)[2], b'{"d":"2026-01-02","s":[1],"p":{"x":3}}')

    def test_what_json_can_not_say_is_an_invalid_answer(self):
        endless = []
        endless.append(endless)
        for value in [{'f': len}, endless, {'n': float('nan')}, object(), {'body': {'c': 1j}}, '\ud800']:
            with self.assertRaises(AnswerInvalid):
                to_answer(value)

    def test_generators_and_files_stream(self):
        for value in [(part for part in 'ab'), iter([b'x']), open(__file__, 'rb')]:
            body = to_answer(value)[2]
            self.assertIsInstance(body, Stream)
            list(body.pieces)


class Process(unittest.TestCase):
    """The program itself, at the end of a socket pair."""

    def start(self):
        ours, theirs = socket.socketpair()
        fd = theirs.fileno()
        # descriptor 3 as the protocol has it, whatever number the pair got
        program = f'import os, runpy, sys; os.dup2({fd}, 3); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name="__main__")'
        child = subprocess.Popen(
            [sys.executable, '-c', program, MAIN], pass_fds=[fd], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        theirs.close()
        ours.settimeout(10)
        self.addCleanup(ours.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return ours, child

    def test_it_says_ready_and_ends_with_its_channel(self):
        ours, child = self.start()
        ours.sendall(encode(json.dumps({'k': 'hello', 'v': 1, 'root': HERE, 'state': HERE})))
        [(header, _)] = FrameReader().push(ours.recv(65536))
        self.assertEqual((header['k'], header['v'], header['language']), ('ready', 1, 'python'))
        ours.close()
        self.assertEqual(child.wait(10), 0)

    def test_it_ends_with_status_70_at_bytes_that_are_no_frame(self):
        for data in [b'GET / HTTP/1.1\r\n\r\n', b'\xff' * 8, encode('[1]')]:
            ours, child = self.start()
            ours.sendall(data)
            self.assertEqual(child.wait(10), 70)

    def test_random_bytes_never_hang_it(self):
        ours, child = self.start()
        ours.sendall(random.randbytes(2000))
        ours.shutdown(socket.SHUT_WR)
        self.assertIn(child.wait(10), (0, 70))


if __name__ == '__main__':
    unittest.main()
