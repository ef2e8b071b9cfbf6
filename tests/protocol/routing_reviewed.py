"""More of what people say and where it goes: a reviewer's sentences, written without a look at the grammar."""

from __future__ import annotations

_TEXT = r"""
== export
Export.
Export the video please
could you export it?
can you export the final video for me?
I'd like to download the video
ok, export it now
Looks great, export it!
perfect. now export
download my video
Download the result as mp4
Please send me the video.
send me the final video
just send me the video
Send me the finished video, thanks
export!!!
ExPoRt
export 🙏
export the project to ~/Videos/final.mp4
I'm done, please export
we're good, go ahead and export
请帮我导出视频，谢谢
现在导出吧
导出成mp4
麻烦导出一下
能帮我把视频导出来吗？
I think it's done, export it
That's perfect, send me the video
yes, export
yes please export
Nice! Export please.
export the final cut
export final version in high quality
export at 720p
export in 4k
export it for instagram
time to export
ready to export
we are ready to export now
I need the video, please send me the video
download mp4
where can I download the video?
can I download it now?
can I get the video?
Hey, can you export my video now?
hi! please export
export video.
do the export
render and export
export my timeline
save and export
finish and export
Export and download
export and send me the video
send me the video when it's ready
send me the video by email
send me the mp4
Send me the video file
send me the edited video
Could you please send me the video?
SEND ME THE VIDEO
great job, download
导出一下
开始导出
立即导出
导出最终视频
导出1080p
没问题，导出吧
可以了，导出视频
下载链接
帮我下载
我想下载视频
把成片发给我
视频发我
给我导出来
export 视频
帮我 export 一下
I think that looks great, please export
The video looks good. Export it.
everything looks good, export
all good, send me the video
That works, send it over
looks fine. download please
ok i'm happy with it, export the final video
alright, let's download it
so... export?
Export - now
export:
/export
#export
"Send me the video"
帮忙导出下视频
把视频导出给我
请把视频下载下来
剪得不错，导出吧
请发送视频给我
我想要下载成品
export video to mp4 please
download final.mp4
Can I download this?
please download my finished video
Would you please send me the video now?
I want you to send me the video
Send me the video in 1080p
send us the video
ready, export
== credits
credit balance
what's my balance?
What is my credit balance
show me my credits please
how many credits are left
Balance please
tell me my balance
查询积分
查一下余额
余额还有多少？
看看我的积分余额
Credits remaining?
account balance
how many credits
How many credits do I have?
what are my credits
am I out of credits?
can you check my credits?
I want to know my balance
get balance
view balance
Hi, what's my credit balance?
积分余额
我的积分还够吗
余额查询
Do I still have credits?
How many credits do we have left?
What's left of my credits?
whats my balance
can you tell me how many credits I have?
show me the balance
my balance?
CREDITS
how many free credits do I have
check remaining credits
check my remaining credit balance
please check my account balance
I'd like to check my credits
我想查积分
请问我还剩多少积分
我账户里还有多少余额
显示余额
告诉我积分
余额是多少
== state
what is the current status
show me the tracks
Show the tracks please
show me all tracks
check the status of my project
can you show tracks?
what's the status of the video
show tracks and status
状态怎么样了
现在状态如何？
current status?
get status
Status of the project
Status update please
check status
what's the export status?
render status
upload status
tell me the status
status of my export?
Show my tracks
show all the tracks
Can you show me the tracks?
show timeline tracks
what tracks are there?
查状态
现在状态
视频状态
导出状态
告诉我现在的状态
项目现在什么状态
STATUS
show status please
what is the status now
can I see the status?
How is the status
status check
any status update?
show tracks please
Show current tracks
show me what tracks there are
what is the status of my video?
what's the project status
What's the render status?
看看状态
请告诉我当前状态
显示所有轨道
== upload
Upload this
please upload my file
upload https://example.com/clip.mp4
upload C:\Users\me\clip.mov
can I upload a file?
upload ./a.mp4 and ./b.mp4
let me upload something
Upload video.mp4 please
upload these files
我要上传一个文件
请上传 /tmp/a.mp4
帮我上传这个视频
上传这个：https://example.com/a.mov
upload file
Upload my video
upload another video
upload more files
upload ~/Movies/holiday.mov
upload "my clip.mp4"
Upload https://cdn.example.com/v/1.mp4 please
here is my file, upload it
I'd like to upload a clip
can you upload this for me?
need to upload a file
upload photo.jpg
upload music.mp3
upload the logo
上传新视频
上传吧
我想上传视频
上传这个文件
上传音乐.mp3
Upload.
upload the video
upload video
upload my clip
upload two clips
upload https://youtu.be/abc
upload from https://example.com/a.mp4
upload this: /data/in.mkv
upload "C:\My Videos\cat.mp4"
I have a file to upload
I need to upload this clip
Could you upload this picture?
上传 /home/me/视频.mp4
上传一张图片
上传两个视频
把这个文件上传
上传链接 https://example.com/a.mp4
== chat
do not export
Don't download it yet
don't send me the video yet
before you export, add a fade out
remove the export watermark
add the text "Export" in the middle
Put "send me the video" as a subtitle
add credits at the end with my name
scroll the credits faster
remove the closing credits
add opening credits saying "A film by Ana"
balance music and voice
improve the color balance
show a balance scale in the intro
add a status text in the corner
make a video about my relationship status
show tracks of the animals in the snow
add a download icon at the end
make a video about uploading files to the cloud
create a tutorial on how to export from Premiere
generate a video of a woman checking her bank balance
make it suitable for upload to TikTok
crop it to 9:16 for uploading to Instagram
compress it so that I can upload it to YouTube
optimize the video for download on slow connections
make the file smaller for export to my phone
thanks!
👍
undo the last change
speed it up 2x
blur the download button
translate the word export to French in the subtitle
the title should read 导出
加一个标题写着“上传成功”
加个字幕：余额不足
片尾加上积分规则说明
添加背景音乐
把标题改成“状态良好”
还不要导出
先别上传
给视频加个状态栏
调整白平衡
做一个关于下载速度的视频
剪掉前10秒
压缩一下，方便上传到抖音
don't show tracks, just cut the intro
upload_final_v2.mp4 looks too dark, brighten it
use the clip at https://example.com/download/export.mp4 as the intro
replace the audio with credits.mp3
hold off on the export
no export yet
not yet, don't export
never mind the export
wait with the export
stop the export
cancel the upload
export looks too dark, brighten it
the export was too dark, brighten it
the downloaded video has no sound
after exporting the video had no sound
I exported it but there's no sound
my upload is sideways, rotate it
rotate the uploaded video
use the video I uploaded
merge the uploaded clips
cut the uploaded video into 3 parts
trim the video I just uploaded
make the status text bigger
add "100 credits" as text
add rolling credits
make the credits longer
add movie-style credits at the end
keep the credits on screen longer
fade in the credits
remove tracks 2 and 3
show subtitles
show the logo for 3 seconds
add a balanced mix of music and voice
balance the sound
make the voice and music balance better
create a video about work-life balance
make a promo for our download page
add a call to action: download our app
add subtitle "Upload complete"
caption: status update
change the title to "Export Trade"
create a video about import and export
make an explainer about export taxes
generate a video about credit cards
animate an upload progress bar
show a download arrow at 0:05
zoom in on the balance beam
new balance shoes ad
make a New Balance ad
compress for download
prepare it for upload
resize for upload to YouTube Shorts
get it ready for export
make the exported file smaller
reduce the export size to 10MB
set the export resolution to 720p
不要导出，先加字幕
暂时不导出
先别下载
把“下载”两个字去掉
字幕写“余额为零”
给上传按钮打码
把上传的视频剪短
把刚上传的视频转成竖屏
声音平衡一下
做一个介绍积分商城的视频
做一个进出口贸易的视频
导出的视频没有声音
导出的画面太暗了，调亮一点
压缩视频用于下载
字幕状态栏放到底部
调整人物的状态
标题：导出指南
add a fade out before you export
before exporting, add a fade out
导出前先加个字幕
Export the audio only as mp3
export a gif of the first 3 seconds
extract the audio
make it balanced
add my name to the credits
The credits should roll for 10 seconds
credits roll: directed by Ann
remove the credits
Add a balance bar chart
status quo intro video
add a lower third with my job status
animate the words show tracks
hide the status bar
remove the status icons from the screen recording
download some stock footage of beaches
use a downloaded font
add an upload animation
please don't upload anything
without exporting, show me a preview
do not send me the video until the title is fixed
I will export later, first add music
not ready to export yet
is it exported in 4k?
how long does an export take?
what formats can I export?
what does export do?
how do credits work?
how many credits does an edit cost?
what file types can I upload?
can I upload 4k files?
is there a size limit for uploads?
what is the status bar?
the word "balance" is misspelled
say "how many credits do I have left?" in the voiceover
generate subtitles
add transitions between clips
写上“导出”
标题写导出
添加片尾字幕
怎么才能获得积分？
导出需要多久？
导出失败了怎么办
保持平衡
加一个下载按钮的动画
做一个状态更新的短片
视频里的余额数字打码
等一下再导出，先加音乐
上传的视频太暗了
给积分两个字加个边框
把视频压缩一下方便下载
== chat,export
cut the intro and export
Trim the video to 30 seconds and send me the video.
add music, then download
Make it brighter. Then export it.
remove the first 5 seconds and export as mp4
compress to under 50MB and export it please
crop to 9:16 then send me the video
Add a title "Export me" and export
剪掉前5秒，然后导出
加个标题再导出
加上背景音乐并导出视频
把视频压缩到50MB以下，然后把视频发给我
export it after adding a fade out
cut the intro, export
remove the silence and download it
make it vertical and send it to me
brighten it a bit and send me the video please
Compress this video to under 50MB and download
please add subtitles then export the video in 1080p
Could you trim the last 3 seconds and then send me the video?
add captions & export
once you have added the title, export it
change the title to "Hi" and export
I want a title that says Hello, then export
剪短到30秒并导出
加字幕，导出
加字幕后导出
先剪掉开头，再导出
去掉片头并下载
把标题改成“你好”，然后把视频发给我
压缩视频并导出
Make it 720p, then send me the video
Cut out the first 3 seconds, add a title and export it
reverse the clip and download
add subtitles in Spanish. Export.
trim to 15s; export
Make it louder and then download the video please
crop to square and export as mp4
Slow it down 50%, then export it to /tmp/slow.mp4
could you compress it under 10 MB and send me the video
rotate it 90 degrees and give me the video
increase the volume and export again
压缩到10MB，发给我
把开头3秒去掉，再加个标题，最后导出
转成竖屏然后下载
请添加字幕并导出视频
加一首轻音乐，导出
剪掉最后5秒之后导出
add a title "Upload" then export
== chat,state
add a title then show tracks
trim the intro and show me the status
mute the music, then show tracks
加个标题，然后显示轨道
add music and show tracks
== chat,credits
add lo-fi music and tell me how many credits are left
剪掉开头，然后告诉我余额
cut the intro and show my balance
compress it and then tell me my balance
== upload,chat
upload clip.mp4 and trim the first 5 seconds
Upload talk.mp4 then add subtitles
upload https://example.com/a.mp4 and cut the first 10 seconds
== upload,export
upload clip.mp4 and export
== export,credits
export and show my balance
download the video and tell me my credit balance
== credits,state
show my credits and status
== chat,export,credits
trim the intro, export it and show my credits
== upload,chat,export
upload a.mp4, compress it to 20MB and export
== state,export
show tracks and then export
== export,state
export then show status
== export
Export my video
please export
I want to export my video now
Can you please export this?
I'm ready to download
Download video
Send me the video!!
Send me the video, please 😊
Could you send me the video file?
okay, send me the video now
export the clip as MP4
Please download the finished video for me
go export
Export in HD please
export this project
导出这个视频
把它导出
麻烦把视频发给我
我想要导出视频
视频做好了就导出
可以帮我导出吗
导出为MP4
导出 1080p 的视频
== credits
What's my credit balance?
Show my balance
Do I have credits left?
show remaining credits
Tell me how many credits remain
how much credit do I have left?
我有多少积分
积分余额是多少？
请帮我查积分
现在还剩多少余额？
账户里还有多少积分
查看我的余额
== state
show me the current tracks
Please show tracks
SHOW TRACKS
what is the status of the project?
status of my video
tell me the current status
check project status
目前的状态
显示当前状态
查看项目状态
视频的状态怎么样
给我看看轨道
== upload
Upload a new video
I want to upload my video
Please upload this file
upload holiday.mov
Upload /Users/ana/Movies/trip.mp4
upload https://example.com/video.mp4 please
Can I upload another clip?
let me upload a video first
我要上传视频
上传我的视频
请上传文件
可以上传文件吗
帮我上传 clip.mov
上传 https://example.com/clip.mp4
再上传一个视频
== chat
make the video shorter
Compress this to 25MB for Discord
add a text overlay saying "Upload your files"
Put "导出" at the top
add end credits with our names
slow down the credits
make the credits text white
balance the volume of the two speakers
fix color balance in the second clip
remove the status bar from the screen recording
add a status indicator in the top corner
Don't upload it yet
do not export until I say so
please don't send me the video yet
cut the part where I talk about exports
make a video about our new export business
zoom in when I click the download button
highlight the upload button at 0:12
generate a clip of a bank balance going up
the narrator says "check your balance" at 0:10
add a voiceover: your credits are running low
Change the status text to green
make it ready for uploading to YouTube
make it suitable for download on mobile
crop for Instagram
add subtitles in Chinese
别导出，先调整音量
先不上传，帮我剪一下
加一个写着“下载”的按钮动画
把“积分”改成“点数”
字幕里把余额两个字标红
做一个银行余额的动画
去掉状态栏
导出按钮那里放大一下
给视频加上片尾名单
把上传按钮模糊掉
调节左右声道平衡
适合上传到抖音的尺寸
== chat,export
Make it 30 seconds and export it
add captions, then send me the video
Compress to 10MB and download it
rotate 90 degrees, then export please
Add background music and send me the video.
remove the first 3 seconds. Then export.
trim to 20s and give me the download link
把音量调大，然后导出
压缩到20MB并发给我
剪成15秒，导出视频
加上字幕之后导出
先压缩，再导出
== chat,state
add a title and show me the tracks
trim it, then tell me the status
== chat,credits
compress it and check my balance
压缩到10MB，然后查一下积分
== credits,export
check my credits, then export
"""


def _sentences() -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = []
    expected: tuple[str, ...] = ()
    for line in _TEXT.strip().splitlines():
        if line.startswith("== "):
            expected = tuple(line.removeprefix("== ").split(","))
        else:
            found.append((line, expected))
    return found


REVIEWED = tuple(_sentences())
