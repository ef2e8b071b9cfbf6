"""What people say and where it goes; written before the grammar was tuned, so that it can be wrong about them."""

from __future__ import annotations

EXPORT = """
export
Export!
export.
export please
Please export
please export it now
export the video
export my video
Export the final video, please.
export the project
export this
export it for me
export it again
Can you export it?
could you please export the video for me
would you export it
Would you mind exporting it?
can I export it now?
I want to export
I'd like to export the video
i would like to download my video
I want to download it
let's export
Let's export it!
go ahead and export
ok export
OK, export it.
yes, export it
looks good, export it
Perfect! Export it.
That's great, please download it
hi, can you export please?
start the export
run the export
begin the download
export as mp4
export it as an mp4
export in 1080p
export to /tmp/out.mp4
export it as holiday.mp4
download
Download now
download the video
download the result
download the finished file
download the mp4
download link please
give me the download link
send me the video
Send me the file please
send the video to me
send it to me
send me the compressed video
please send me the finished video
can you send me the video?
give me the video
give me the final cut
ＥＸＰＯＲＴ
ｅｘｐｏｒｔ　ｉｔ！
"export"
「导出」
导出
导出！
导出吧
请导出
请导出视频
帮我导出
帮我导出一下
请帮我导出这个视频，谢谢
导出视频
导出成片
现在导出
马上导出吧
直接导出
可以导出了
可以导出吗？
能帮我导出吗
我要导出
我想导出视频
把视频导出
把这个视频导出来
给我导出
导出为mp4
导出 mp4
下载
下载视频
下载一下
我要下载
帮我把视频下载下来
把视频发给我
发给我
请把成片发给我
把视频给我
给我发视频
很好，导出吧
好的，导出
好了，可以导出了
don't change anything else, just export it
no, just send me the video
when it's done, send me the video
export it when you're done
导出并下载
export and download
Just the export please
I need the video
I want the video now
Export when ready
Export the video when it's finished rendering
export video to desktop
export 👍
then export
Is it possible to export it?
I was wondering if you could export the video
when you are done send me the video
导出一份1080p的视频
导出高清视频
导出到桌面
把结果发我
成片发我
可以下载了吗
I'd love to download my video now
Can I have the video?
could I get the final file?
start exporting
proceed with the export
That's perfect. Download.
视频做好了就发给我吧
我要下载这个视频
给我下载链接
一键导出
完成了，导出
"""

CREDITS = """
credits
Credits?
credits please
credits left
remaining credits
my credits
show my credits
show credits
check credits
check my credits please
balance
Balance?
my balance
what's my balance
what’s my balance?
what is my balance?
What is my credit balance?
check my account balance
show me my balance
how much balance do I have
how many credits do I have
How many credits are left?
how many credits do i still have?
how many credits have I got left
do I have any credits left?
do I have enough credits?
do I have enough credits to export?
can you tell me my balance
could you check how many credits I have?
please show the balance
积分
余额
积分？
我的积分
我的积分余额
查积分
查一下积分
查看积分
查询余额
看看余额
帮我查一下余额
还有多少积分
我还有多少积分？
还剩多少积分
我还剩多少余额
积分还剩多少
余额多少
余额是多少？
剩余积分
请问我的积分还有多少
积分够吗
ＣＲＥＤＩＴＳ
how's my balance looking
credits remaining?
send me my balance
积分还有吗
账户余额
积分情况
我账户里还有多少积分
"""

STATE = """
status
Status?
status please
the status
current status
status update
give me a status update
what is the status
What's the current status?
whats the status
show status
show me the status
check the status
project status
the status of my render
what's the status of my project?
the status of the video
state
show tracks
show the tracks
Show me the tracks, please
can you show me the tracks?
show all tracks
list the tracks
list tracks
show my timeline
show me the timeline
what's on the timeline?
how many tracks are there?
状态
状态？
查看状态
显示状态
当前状态
现在的状态
现在状态怎么样
项目状态
看一下状态
什么状态
显示轨道
查看轨道
看看轨道
有哪些轨道
有几条轨道？
列出轨道
状态如何
时间线上有什么
which tracks are there?
what tracks do I have?
项目现在是什么状态
状态是什么
export status
查看时间线
don't export yet, show me the tracks
"""

UPLOAD = """
upload
Upload!
upload please
upload a video
upload my video
upload this file
upload another clip
I want to upload a video
I'd like to upload some footage
can I upload a video?
can you upload this?
let me upload a file
please upload my clips
upload talk.mp4
upload ./clip.mov
upload ~/Movies/holiday 2024.mp4
upload "/home/me/my clip.mp4"
upload https://example.com/a.mp4
upload this video: https://example.com/a.mp4
upload C:\\Videos\\a.mp4
upload a.mp4 and b.mp4
upload a.mp4, b.mp4 and c.mov
upload /home/me/export.mp4
/home/me/clip.mp4
https://example.com/a.mp4
here is my video: /home/me/clip.mp4
上传
上传！
上传视频
上传文件
上传一个视频
我要上传
我想上传一个文件
帮我上传视频
请上传 /home/me/a.mp4
上传视频.mp4
上传 https://example.com/a.mp4
上传这个视频 https://example.com/a.mp4
把 a.mp4 上传
把这个文件上传一下
上传图片
upload the file at /tmp/x.mp4
upload «my clip.mp4»
请上传文件：/tmp/a.mp4
"""

CHAT = """
hello
thanks
ok
yes
no

?
😀
don't export
don't export yet
Don't export it!
do not export yet
please do not download it
don't export or upload anything
never export without asking me
no need to export
not yet, don't send me the video
cancel the export
stop the download
先不要导出
不要导出
别导出
先别导出，我还要改
不用导出
暂时不要下载
不要上传
导出之前先加字幕
before you export, trim the intro
trim the intro before exporting
after exporting nothing changes, why?
how do I export?
how can I download the video?
where is the export button?
why did the export fail?
the export failed
export failed
is the export done?
did you export it?
is it exported?
the exported video is too large
怎么导出
如何下载
导出失败了
导出的视频太大了
导出按钮在哪里
为什么不能导出
export settings
export the audio as mp3
export the subtitles
export the first 10 seconds
export a frame as png
export the video to YouTube
download the music from https://example.com/song.mp3
download the song and add it
download https://example.com/a.mp4 as background
download a free soundtrack
download the app
send me a video of cats
give me a video about dogs
give me some ideas
send the video to my friend
send feedback
upload it to YouTube
upload the video to TikTok
upload this to instagram please
compress it and upload it to YouTube
make it ready for upload
make it small enough to upload to Discord
compress the video for uploading
the upload failed
upload failed, why?
how do I upload a file?
why is the upload so slow
blur the upload button
上传失败
上传到抖音
怎么上传
发到抖音
how many credits does an export cost?
how much does an export cost
what do credits cost
buy credits
buy more credits
add credits at the end
add end credits
add credits
roll the credits
make the credits roll
write 积分 as the title
add a title "积分"
show the credits at the end of the film
the credits are too fast
credit the photographer in the title
一次导出要多少积分
在片尾加上积分榜
积分榜放在左上角
white balance
fix the white balance
color balance is off
balance the colors
balance the music and the voice
balance it
balance left and right channels
show the final credits
I want this
give me that
I want a video about space
I don't want to export yet
not ready to export
can I not export it for now
等一下再导出
稍后导出
要不要导出
导出了吗
上传了吗
我上传了视频
上传好了，压缩一下
upload failed
download this: https://example.com/a.mp4
导出多少积分
what's the difference between export and download?
积分是什么
when should I export?
can it be exported in 4K?
let's not export
I'll export later
make a video about downloading apps
Add text: "Status: online"
白平衡不对
先加字幕，不要导出
导出要钱吗
左右声道平衡一下
add a status bar
add a status update text
show the status bar at the top
remove the status line
write status: done in the corner
状态栏去掉
加一个状态条
mute all tracks
merge the tracks
add two tracks
delete the second track
show tracks of animals in the snow
把轨道合并
add a title that says "Download now"
add a title that says Download now
add a title that says: export
add a title saying status, upload and export
add the text “Export now”
add a caption 'credits'
change the title to export
title: download
make the title say credits
rename it to "upload"
把标题改成“导出”
添加标题「下载」
标题写《余额》
加上文字：导出
加一个写着导出的按钮
add a "Download" button and an arrow
type "send me the video" on screen
compress this video to under 50MB
make it smaller
trim the first 5 seconds
add background music
剪掉前五秒
加字幕
压缩一下
把声音调小
speed it up 2x and add a title
if it is under 20MB, export it
if it's too long, trim it, then export
如果小于20MB就导出
export or compress?
should I export now or trim it first?
say export
the word export is misspelled in my title
animate a download arrow
the man in the video downloads a file
make a status, upload and download overlay
what formats can you export?
what can you do?
"""

MIXED: dict[str, tuple[str, ...]] = {
    "compress it and send me the video": ("chat", "export"),
    "compress it to 10MB, then send it to me": ("chat", "export"),
    "Trim the intro and export it.": ("chat", "export"),
    'Add the title "Export" and export': ("chat", "export"),
    "Make it smaller. Then export, please!": ("chat", "export"),
    "Make it smaller; export": ("chat", "export"),
    "add end credits, then export": ("chat", "export"),
    "speed it up, add music, and download the result": ("chat", "export"),
    "compress it to 20MB then show me the tracks": ("chat", "state"),
    "compress it but don't touch the audio, then export": ("chat", "export"),
    "after you compress it to 20MB, export it": ("chat", "export"),
    "send me the video after you add a title": ("chat", "export"),
    "export it and add a title": ("chat", "export"),
    "export it, then add a title": ("export", "chat"),
    "压缩一下再发给我": ("chat", "export"),
    "压缩到20MB，然后导出": ("chat", "export"),
    "压缩后导出": ("chat", "export"),
    "把开头剪掉，再导出": ("chat", "export"),
    "加个标题并导出": ("chat", "export"),
    "加一个标题“下载”，然后导出视频": ("chat", "export"),
    "先剪掉片头，最后导出": ("chat", "export"),
    "先导出再压缩": ("export", "chat"),
    "帮我压缩到20MB，再把视频发给我，谢谢": ("chat", "export"),
    "压缩完成后把视频发给我": ("chat", "export"),
    "what's my balance and then export": ("credits", "export"),
    "show my credits and export": ("credits", "export"),
    "status and credits": ("state", "credits"),
    "show tracks, then export": ("state", "export"),
    "查一下积分，然后导出": ("credits", "export"),
    "upload talk.mp4 and compress it to 20MB": ("upload", "chat"),
    "upload /tmp/a.mp4, compress it to 20MB and export": ("upload", "chat", "export"),
    "upload a.mp4 and b.mp4, then join them": ("upload", "chat"),
    "upload a.mp4 then export": ("upload", "export"),
    "上传 a.mp4 然后压缩到20MB": ("upload", "chat"),
    "上传视频.mp4，压缩到20MB，再导出": ("upload", "chat", "export"),
    "https://example.com/a.mp4 compress it to 20MB": ("chat",),
    "don't export yet, first trim it": ("chat",),
    "trim it, but don't export": ("chat",),
    "don't trim it and export it": ("chat",),
}

SENTENCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((line, ("export",)) for line in EXPORT.strip().splitlines()),
    *((line, ("credits",)) for line in CREDITS.strip().splitlines()),
    *((line, ("state",)) for line in STATE.strip().splitlines()),
    *((line, ("upload",)) for line in UPLOAD.strip().splitlines()),
    *((line, ("chat",)) for line in CHAT[1:-1].split("\n")),
    *MIXED.items(),
)
